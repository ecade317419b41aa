"""What drawn claims consist of: therapies, kinds of claim and their shares, errors, members, and the 837P they are written in."""
