"""What a state is made of: shapes, read off what `init` made, and the containers that actions run on ordinary objects see."""
