"""The second opinion: rulings part A judged row by row in plain Python, apart from the engine."""
