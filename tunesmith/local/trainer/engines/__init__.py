"""The engines that train and answer, one package each, behind the contract in jobs.py."""
