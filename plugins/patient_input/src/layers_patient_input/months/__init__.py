"""The Friends and Family Test by month: totals, the monthly return, what the public may see of it."""
