"""What runs on the machines of a cluster: it needs Python 3.9 and, in driver.py, Ray."""
