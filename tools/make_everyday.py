"""Write what vectors are held against into digest/search. Needs the extra `vectors`.

everyday.tsv: everyday questions with their vectors; usual.tsv: the mean vectors of the texts of
digest/tag/vocabulary/reference.jsonl, which is what texts of the trade have in common, and of usual_questions.tsv by
language, which is what questions have.

A question to the archive that is nearer to one of these than to any item is about something else. They cover what
people ask in general, and nothing of marketing or technology.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from digest.fetch.embeddings import LocalModel
from digest.vectors import quantize_vector, read_vector

DIGEST = Path(__file__).resolve().parents[1] / "digest"
USUAL = Path(__file__).with_name("usual_questions.tsv")
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
    """Write the files."""
    model = LocalModel()
    vectors = model.embed_texts(QUESTIONS)
    rows = [
        f"{text}\t{base64.b64encode(quantize_vector(vector)).decode()}"
        for text, vector in zip(QUESTIONS, vectors, strict=True)
    ]
    target = DIGEST / "search"
    (target / "everyday.tsv").write_text("\n".join(("question\tvector", *rows, "")), "utf-8")
    means = {"items": measure_mean(model, list_reference_texts())}
    for line in USUAL.read_text("utf-8").splitlines():
        language, *questions = line.split("\t")
        means[f"questions {language}"] = measure_mean(model, questions)
    rows = [f"{name}\t{base64.b64encode(mean).decode()}" for name, mean in means.items()]
    (target / "usual.tsv").write_text("\n".join(("of\tmean vector", *rows, "")), "utf-8")


def list_reference_texts() -> list[str]:
    """Return titles and summaries of the reference items."""
    lines = (DIGEST / "tag" / "vocabulary" / "reference.jsonl").read_text("utf-8").splitlines()
    return [f"{row['title']}. {row['summary']}" for row in map(json.loads, lines)]


def measure_mean(model: LocalModel, texts: list[str]) -> bytes:
    """Return the mean of texts' vectors, in the steps of those."""
    vectors = [read_vector(quantize_vector(vector)) for vector in model.embed_texts(texts)]
    return bytes(round(sum(column) / len(vectors)) & 0xFF for column in zip(*vectors, strict=True))


if __name__ == "__main__":
    main()
