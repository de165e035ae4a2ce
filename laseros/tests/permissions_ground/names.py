"""What the pages are searched for, and what stands in files."""

from base64 import b64decode

MEMBERS = ("operator", "viewer", "office", "manager", "admin")
CLIENT = "Umgeni Pumps"  # a name that nobody outside the business may read
AMOUNT = "731937"  # 7319.37 stands in every column for money
LOGO = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7h-7z"/></svg>'
