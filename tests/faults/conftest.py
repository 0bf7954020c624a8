# Scripts that the tests run in processes of their own.
collect_ignore_glob = ["breaking.py", "broken_*.py"]
