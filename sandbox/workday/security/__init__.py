"""Who may sign on and what they may see: accounts, groups, domain and authentication policies, API clients."""
