"""Files without pages: Word, spreadsheets, web pages, plain text. Nothing there has a box; each says its own place."""
