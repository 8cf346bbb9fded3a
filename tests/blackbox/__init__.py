"""The product from outside: commands, settings, webhooks, pages and views, as other people's scripts use them."""
