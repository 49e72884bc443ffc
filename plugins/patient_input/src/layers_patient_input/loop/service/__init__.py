"""What staff do to tell patients: entries for everybody, replies to one of them, tips for others."""
