"""What people read: subjects make blocks, which terminal, page and JSON render; nothing here prints."""
