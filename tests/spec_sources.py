"""Where the rules of each table of spec/ are from: chapter → table → source ids with the place in them.

A table that is not named takes its chapter's own entry, "".
"""

from __future__ import annotations

Sources = list[tuple[str, str]]
IMWG = "imwg16"
OURS: Sources = [("mspike-reading", "spec/")]
LINES: Sources = [("rajkumar15", "definition of a line")]
FAILED: Sources = [("imwg11", "refractory disease"), ("moreau17", "definition of refractory disease")]

RULES: dict[str, dict[str, Sources]] = {
    "response": {
        "": [(IMWG, "response criteria")],
        "What is measurable": [(IMWG, "measurable disease")],
        "Levels by serum M-protein": [(IMWG, "minimal, partial and very good partial response")],
        "Levels by urine M-protein": [(IMWG, "minimal, partial and very good partial response")],
        "Levels by light chains": [(IMWG, "patients measurable by serum free light chains only")],
        "Complete response": [(IMWG, "complete and stringent complete response")],
        "Bands of therapeutic antibodies": [("lit", "antibodies in immunofixation"), *OURS],
        "Plasmacytomas": [(IMWG, "soft tissue plasmacytomas")],
        "Disease that is told by little": [(IMWG, "measurable disease"), *OURS],
        "Missing items": OURS,
        "Progression by serum M-protein": [(IMWG, "progressive disease: serum")],
        "Progression by urine M-protein": [(IMWG, "progressive disease: urine")],
        "Progression by light chains": [(IMWG, "progressive disease: free light chains")],
        "Progression by marrow, plasmacytomas, lesions and circulating cells": [
            (IMWG, "progressive disease: marrow, lesions, circulating plasma cells"),
            ("imwg11", "progressive disease"),
        ],
        "The reference": [(IMWG, "progressive disease: lowest confirmed value")],
        "Confirmation": [(IMWG, "two consecutive assessments"), *OURS],
        "What is not known for sure": OURS,
    },
    "relapse": {
        "": [(IMWG, "relapse")],
        "Relapse from complete response": [(IMWG, "relapse from complete response")],
        "Clinical relapse": [(IMWG, "clinical relapse")],
        "Residual disease": [(IMWG, "minimal residual disease")],
        "Known from when": OURS,
    },
    "lines": {
        "": LINES,
        "Names": OURS,
        "Conditioning": [("rajkumar15", "transplant"), *OURS],
        "Exposure": OURS,
        "Months since": OURS,
        "Intolerance": OURS,
        "Counted from drug records: pauses": [*LINES, ("claims15", "retreatment after a gap"), *OURS],
        "Counted from drug records: transplants": [("rajkumar15", "transplant"), *OURS],
        "Counted from drug records: cell products": OURS,
        "Counted from drug records: what is too little, or no treatment": [("rajkumar15", "what is no line"), *OURS],
        "Counted from drug records: nothing on the disease": OURS,
    },
    "refractoriness": {
        "": FAILED,
        "Stated lists": OURS,
        "How long it was given": [("mammoth19", "definition of CD38-refractory"), *OURS],
        "Classes and groups": [("mammoth19", "groups"), *OURS],
    },
    "status": {
        "": OURS,
        "Status": [("imwg11", "relapsed, relapsed and refractory, primary refractory")],
        "Pace: doubling of the serum M-protein": [("ind-table", "doubling in two consecutive samples")],
        "Pace: rises by a fixed amount": [("ind-table", "two consecutive tests")],
    },
    "risk": {
        "": OURS,
        "ISS from its values": [("iss05", "")],
        "R-ISS": [("riss15", "")],
        "R-ISS with an ISS from values": [("riss15", "")],
        "R2-ISS": [("r2iss22", "")],
        "R2-ISS with an ISS from values": [("r2iss22", "")],
        "IMS/IMWG 2025 high risk": [("imsimwg25", "")],
    },
    "fitness": {
        "": OURS,
        "Frailty": [("facon20", "points")],
        "IMWG frailty index": [("imwgfrail15", "")],
        "Estimated GFR": [("ckdepi21", "")],
        "Corrected calcium": [("gpn-calcium", "")],
    },
}
