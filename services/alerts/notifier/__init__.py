"""The notifier: `alerts` in; mails, messages, signed webhooks and Alertmanager out, each attempt on `notifications`."""
