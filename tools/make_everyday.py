"""Write digest/search/everyday.tsv: everyday questions with their vectors. Needs the extra `vectors`.

A question to the archive that is nearer to one of these than to any item is about something else. They cover what
people ask in general, and nothing of marketing or technology.
"""

from __future__ import annotations

import base64
from pathlib import Path

from digest.fetch.embeddings import LocalModel
from digest.tag.vectors import PREFIXES
from digest.vectors import quantize_vector

TARGET = Path(__file__).resolve().parents[1] / "digest" / "search" / "everyday.tsv"
QUESTIONS = """\
What will the weather be like tomorrow?
How do I cook this dish, and what is in the recipe?
Which wine or beer goes with this meal?
Where can I book a table at a restaurant?
When does the train leave, and where do I buy a ticket?
Is the ferry running today?
How do I get to the airport by bus?
Which visa and vaccination do I need to travel to this country?
Which hotel is near the beach?
What are the opening hours of the museum?
Who won the football match yesterday?
Which player did the club sign?
Who won the championship or the cup?
What is on at the cinema or the theatre tonight?
When is the singer's new album out?
Who wrote this novel?
How do I treat a cold, a fever or back pain?
Which medicine or vaccine should I take?
Where do I find a doctor or a dentist?
How do I feed and look after my dog or cat?
What do wild animals eat?
How do I plant and water vegetables in the garden?
How do I repair my bicycle, car or washing machine?
How do I clean and renovate my house?
What is the rent of a flat or a garage in this town?
How do I apply for child benefit, a passport or a driving licence?
How much income tax do I have to pay?
What is the price of gold or petrol today?
Which lottery numbers were drawn?
How do I solve this equation?
What is the capital of this country?
Who was king in the Middle Ages?
How far away is the moon?
What does the Bible say about this?
How do I say this in another language?
How do I knit a pullover?
What should I give a child for a birthday?
Who won the election, and who is in the new government?
What did the parliament decide about pensions and schools?
When does the school year begin?
Was there an earthquake, a flood or a fire?
How did the accident on the motorway happen?
""".splitlines()


def main() -> None:
    """Write the file."""
    vectors = LocalModel().embed_texts([PREFIXES[0] + text for text in QUESTIONS])
    rows = [
        f"{text}\t{base64.b64encode(quantize_vector(vector)).decode()}"
        for text, vector in zip(QUESTIONS, vectors, strict=True)
    ]
    TARGET.write_text("\n".join(("question\tvector", *rows, "")), encoding="utf-8")


if __name__ == "__main__":
    main()
