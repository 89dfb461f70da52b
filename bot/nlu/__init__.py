"""Understanding: what a message means, in any of the languages that data/nlu/ has a folder for."""
