"""Labels that people miss, and what admins decide about them."""
