"""Budgets of what Workday may have to refuse: logins of an account, requests of a tenant."""
