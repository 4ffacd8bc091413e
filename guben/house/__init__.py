"""The tags that every app's pages are written with: icons, chips, figures, days."""
