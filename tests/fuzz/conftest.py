collect_ignore = ["fuzz_gs1.py"]  # needs atheris, which only `make fuzz` installs
