"""What a label says (`codes`), what was done with it on the floor (`events`), and taking that back (`undoing`)."""
