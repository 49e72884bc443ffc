"""The web application that hosts the plugins: pages, accounts, API and gate."""
