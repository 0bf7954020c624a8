"""Stock: what is printed on, which slots are filled, and how a printer is put right."""
