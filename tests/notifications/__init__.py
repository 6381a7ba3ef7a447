"""Notifications, mail, reminders, and the worker behind them."""
