"""Reviews: questions, answers, gold, and the records of reviewers."""
