"""The front: it owns the socket, replays verdicts, hands all else to engines, and never does CPU work.

client -- gRPC --> server -> handlers -> admission -> verdicts (replay)
                                                   -> engines (spawned) -> events, then a verdict
lifecycle: lock, bind, rename, ready ... drain, release, stop        status, recorder: what it is and did
"""
