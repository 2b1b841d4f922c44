"""Plans beside the plan: what planning gains over simple policies."""
