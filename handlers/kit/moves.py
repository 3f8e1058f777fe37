"""Moves of ``workflows.yaml`` that the product asks after by name, and what each set of them means.

A journal entry keeps the name of its move, so these are read back from entries of years ago: a name
that stands here stays in the file.
"""

from __future__ import annotations

APPROVE_E_ONAY = "approve_e_onay"
"""The applicant's press that approves an application on the e-onay in force."""

START_PRODUCTION = "start_production"
"""The move by which an operator, or the timer where the applicant approved, begins production."""

AWAIT_STATUS = "await_status"
"""The move by which a signature begins to be checked, in every workflow that knows it."""

APPROVED_BY_PERSON = frozenset({APPROVE_E_ONAY, "approve_e_imza", "confirm_signature"})
"""Approvals that are an act of the person: a press, or a signature."""

APPROVED_BY_OTHERS = frozenset({"approve_paper", "approve_unobjected"})
"""Approvals by officers, and by silence."""

APPROVED = APPROVED_BY_PERSON | APPROVED_BY_OTHERS
"""Every approval of an application."""

APPROVED_ON_E_ONAY = (APPROVE_E_ONAY, "approve_unobjected")
"""Approvals by which an application comes to rest on an e-onay."""

ACCEPT_ANSWER = "accept_answer"
"""The move by which an officer lets an application that came back go on."""

APPROVES_NOTHING_ANEW = frozenset({ACCEPT_ANSWER, "note_status", "replan", "plan_again"})
"""Moves that lead to the state ``approved`` on an approval of before."""

COUNTS_TRIES_ANEW = ("choose_method", "resume_production")
"""Moves from which the tries of a production are counted anew."""

HELD_BY_OFFICE = ("hold", "suspend", "stop_activation")
"""Moves by which a certificate comes to be held by the office."""

MADE_USABLE = ("record", "activate", "confirm_signature")
"""Moves by which a certificate comes into force: it was so already, or its holder signed by it."""
