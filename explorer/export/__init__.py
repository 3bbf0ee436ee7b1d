"""What people take away of a network: tables and files of code."""
