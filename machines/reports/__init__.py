"""Report files that a cutting program leaves in a folder: tables of what was cut and when. Pure: no Django.

No maker publishes the layout of these files, and shops change it. So a column is found by its heading, a person
confirms which is which before anything counts (`machines.importing`), and what cannot be read is named with its line.
"""
