"""`hob` where no Rust toolchain built it: the native client's behaviour, in Python, without its speed.

It runs in hobd's environment. What it leaves out is the replay of kept answers, which the front does as well.

    ask        connect (or start hobd and connect) -> one Execute call -> write, exit or exec
    one-shot   become `python -m hobd run-once`, where no daemon can or shall answer
"""
