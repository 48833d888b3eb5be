"""Mistakes to plant in the model of threads: Spin must refute each, or it looks at too little."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In proof/model/messages.pml, the one occurrence of `old` becomes `new`."""

    name: str
    old: str
    new: str = ""


OPEN = "    :: !endpoint_ended[e] && threads[t].caller != nobody -> threads[t].status = occupied\n"
PENDING = "    :: !notification_ended[n] && waiter[n] == nobody && bits[n] != 0 -> take(t, n)\n"
SECOND = "    :: !notification_ended[n] && waiter[n] != nobody -> threads[t].status = occupied\n"
USED = "        threads[t].caller = nobody;\n        threads[other].replier = nobody;\n        give(other, {}"
TOLD = "    other = threads[t].caller;\n    if\n    :: other != nobody ->\n" + USED.format("gone, 0)\n    :: else\n    fi")
CUT = "    :: threads[t].state == awaits_reply -> threads[threads[t].replier].caller = nobody; threads[t].replier = nobody\n"

MUTANTS = [
    Mutant("a reply can be used twice", USED.format("ok"), "        give(other, ok"),
    Mutant("a reply is cut on one side only", USED.format("ok"), "        threads[other].replier = nobody;\n        give(other, ok"),
    Mutant("who waits forgets its caller", OPEN),
    Mutant("nobody knows who owes the reply", "    threads[s].replier = r;\n"),
    Mutant("a caller gets its own question", "        give(other, ok, with);", "        give(other, ok, threads[other].word);"),
    Mutant("a caller queues beside a receiver", "        :: receivers[e] ? other -> meet(t, other)\n        :: empty(receivers[e]) ->", "        :: true ->"),
    Mutant("a receiver waits beside a sender", "        :: senders[e] ? other -> meet(other, t)\n        :: empty(senders[e]) ->", "        :: true ->"),
    Mutant("who comes last is served first", "senders[e] ! t", "put_first(senders[e], t)"),
    Mutant("who waits does not look", PENDING),
    Mutant("a signal wakes nobody", "        :: other != nobody -> waiter[n] = nobody; take(other, n)\n"),
    Mutant("a signal takes the place of others", "bits[n] = bits[n] | which", "bits[n] = which"),
    Mutant("who is woken still waits", "waiter[n] = nobody; take(other, n)", "take(other, n)"),
    Mutant("a second one waits in the first one's place", SECOND),
    Mutant("signals are taken twice", "    give(t, ok, bits[n]);\n    bits[n] = 0", "    give(t, ok, bits[n])"),
    Mutant("who has left still receives", "    :: threads[t].state == receiving -> receivers[threads[t].at] ?? eval(t)\n"),
    Mutant("who has left still sends", "    :: threads[t].state == sending -> senders[threads[t].at] ?? eval(t)\n"),
    Mutant("who has left still waits for signals", "    :: threads[t].state == awaits_signal -> waiter[threads[t].at] = nobody\n"),
    Mutant("who has left still gets a reply", CUT),
    Mutant("a server stops without a word", TOLD, "    skip"),
    Mutant("an endpoint ends under its receivers", "    :: receivers[e] ? other -> give(other, gone, 0)\n"),
    Mutant("an endpoint ends under its senders", "    :: senders[e] ? other -> give(other, gone, 0)\n"),
    Mutant("a notification ends under its waiter", "    :: other != nobody -> waiter[n] = nobody; give(other, gone, 0)\n"),
]
