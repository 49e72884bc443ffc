"""What reaches a person by itself: their time of the week, the mail before it, reminders, their calendar."""
