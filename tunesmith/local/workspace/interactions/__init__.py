"""What people do to the app: commands, actions, shortcuts, forms, and the answers they allow."""
