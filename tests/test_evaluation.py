"""`python -m evaluation` from questions to figures, on the default document and a real index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.evaluate import evaluate
from evaluation.formats.trec import read_qrels, read_run
from evaluation.gate import gate_verdicts, parse_allowed_drops
from evaluation.measures.retrieval import by_query, parsed_measures
from evaluation.report.files import baseline_json, read_report
from evaluation.report.report import Report
from evaluation.request import Request

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"
DOCUMENTS = ROOT / "documents"


def evaluation(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "evaluation", *map(str, words)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default questions were measured, into `out`."""
    folder = tmp_path_factory.mktemp("evaluation")
    measured = evaluation(
        folder,
        *("run", QUESTIONS, "--documents", DOCUMENTS, "--split", "dev"),
        *("--mode", "hybrid", "lexical", "--noise", 5, "--typing", "--out", "out"),
    )
    assert measured.returncode == 0, measured.stderr
    (folder / "stdout").write_text(measured.stdout)
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return read_report(folder / "out")


def test_a_run_prints_figures_with_intervals_latency_and_memory(folder: Path) -> None:
    said = (folder / "stdout").read_text()
    assert "questions of the split dev" in said
    for word in ("Success@1", "nDCG@10", "95 % interval", "p50 ms", "peak MiB", "p (Holm)"):
        assert word in said


def test_every_mode_is_measured_under_every_condition(report: Report) -> None:
    assert [run.name for run in report.runs] == [
        "hybrid",
        "lexical",
        "hybrid noise-5",
        "lexical noise-5",
        "hybrid typing",
        "lexical typing",
    ]
    assert all(run.latency_p95 >= run.latency_p50 > 0 for run in report.runs)
    assert all(run.peak_bytes > 10_000_000 for run in report.runs)


def test_the_files_beside_the_report_have_its_figures(folder: Path, report: Report) -> None:
    measures = parsed_measures("Success@1 nDCG@10 AP")
    for name in ("hybrid", "lexical-noise-5"):
        values = by_query(
            measures, read_qrels(folder / f"out/{name}.qrels"), read_run(folder / f"out/{name}.run")
        )
        run = next(run for run in report.runs if run.name.replace(" ", "-") == name)
        for measure, by_id in values.items():
            figure = run.figure(measure)
            assert figure is not None
            assert figure.value == pytest.approx(sum(by_id.values()) / len(by_id), abs=5e-5)
            assert figure.n == len(by_id)


def test_judged_are_all_answerable_questions_and_no_other(report: Report) -> None:
    run = report.runs[0]
    judged = {each.query_id for each in run.questions if "AP" in each.measures}
    assert judged == {each.query_id for each in run.questions if each.answerable}
    assert len(judged) == report.n_answerable < report.n_questions


def test_a_failure_says_what_beat_the_right_passage_and_why(report: Report) -> None:
    failures = [each for each in report.runs[1].questions if each.failed and each.beaten_by]
    assert failures
    for each in failures:
        right = each.right_passage
        assert right is not None
        assert right.right
        assert any(place.text in report.passages[right.passage_id].text for place in each.evidence)
        for hit in each.beaten_by:
            assert hit.scores.keys() == {"dense", "lexical"}
            text = report.passages[hit.passage_id]
            for word in hit.shared_words:
                assert word.asked in each.asked
                assert word.found in f"{text.text}\n{text.heading or text.title}"


def test_noise_lets_the_questions_find_their_evidence_in_its_new_place(report: Report) -> None:
    noisy = next(run for run in report.runs if run.name == "hybrid noise-5")
    clean = {each.query_id: each for each in report.runs[0].questions}
    changed = 0
    for each in noisy.questions:
        for before, after in zip(clean[each.query_id].evidence, each.evidence, strict=True):
            changed += before.text != after.text
            assert len(before.text.split()) == len(after.text.split())
    assert changed > 10


def test_slips_change_what_is_asked_and_not_what_was_written(report: Report) -> None:
    slipped = report.runs[-1].questions
    assert sum(each.asked != each.text for each in slipped) > len(slipped) * 0.9


@pytest.fixture(scope="module")
def worse(folder: Path) -> Report:
    """The same questions asked of a retriever that has only words, under the name of the other."""
    request = Request(QUESTIONS, documents=DOCUMENTS, split="dev", modes=("lexical",))
    report = evaluate(request, work=folder / "work").report
    return replace(report, runs=(replace(report.runs[0], name="hybrid"),))


def test_answers_are_measured_and_every_quote_is_as_the_file_has_it(folder: Path) -> None:
    some = folder / "some.jsonl"
    some.write_text("\n".join(QUESTIONS.read_text().splitlines()[::6]))
    request = Request(some, documents=DOCUMENTS, modes=("answer",))
    report = evaluate(request, work=folder / "work").report
    run = report.runs[0]
    values = {each.measure: each.value for each in run.figures}
    assert values["quote_exactness"] == 1
    assert values.keys() >= {
        *("nDCG@10", "quote_success@1", "quote_success@3", "highlight_EM", "highlight_F1"),
        *("AUROC", "average_precision", "AURC", "answer_F1", "ECE"),
        *("false_answers", "false_abstentions"),
    }
    assert run.risk_coverage[-1].coverage == 1
    assert sum(each.n for each in run.reliability) == report.n_questions
    assert not any("files" in warning for warning in report.warnings)


def only_hybrid(report: Report) -> Report:
    return replace(report, runs=report.runs[:1])


def test_the_gate_fails_on_a_worse_retriever(report: Report, worse: Report) -> None:
    (verdict,) = gate_verdicts(only_hybrid(report), worse, parse_allowed_drops(["nDCG@10=0.01"]))
    assert verdict.regressed
    assert verdict.p is not None
    assert verdict.p < 0.05 < verdict.drop


def test_the_gate_lets_a_drop_pass_that_chance_makes(report: Report) -> None:
    """Two questions of many fail now: more than the allowed drop, and no evidence of anything."""
    run = report.runs[0]
    judged = [each for each in run.questions if each.measures.get("AP") == 1][:2]
    assert len(judged) == 2
    questions = tuple(
        replace(each, measures={**each.measures, "AP": 0.0}) if each in judged else each
        for each in run.questions
    )
    figure = run.figure("AP")
    assert figure is not None
    lower = replace(figure, value=figure.value - 2 / figure.n)
    now = replace(run, questions=questions, figures=(lower,))
    (verdict,) = gate_verdicts(
        only_hybrid(report), replace(report, runs=(now,)), parse_allowed_drops(["AP=0.001"])
    )
    assert verdict.drop > verdict.allowed
    assert not verdict.regressed


def test_the_gate_measures_anew_and_exits_by_what_it_finds(folder: Path, report: Report) -> None:
    request = replace(report.setting.request, modes=("hybrid",), conditions=("clean",))
    one = replace(only_hybrid(report), setting=replace(report.setting, request=request))
    (folder / "baseline.json").write_text(baseline_json(one))
    again = evaluation(folder, "gate", "baseline.json", "--max-drop", "nDCG@10=0.01", "--json")
    assert again.returncode == 0, again.stderr
    assert [each["drop"] for each in json.loads(again.stdout)] == [0]
    said = json.loads((folder / "out" / "baseline.json").read_text())
    for question in said["runs"][0]["questions"]:
        if "nDCG@10" in question["measures"]:
            question["measures"]["nDCG@10"] = 1.0
    said["runs"][0]["figures"] = [{**each, "value": 1.0} for each in said["runs"][0]["figures"]]
    (folder / "better.json").write_text(json.dumps(said))
    failed = evaluation(folder, "gate", "better.json", "--report", "out")
    assert failed.returncode == 1
    assert "REGRESSED" in failed.stdout


def test_the_gate_refuses_other_questions_and_unknown_measures(report: Report) -> None:
    other = replace(report, setting=replace(report.setting, questions_sha256="0"))
    with pytest.raises(Exception, match="The questions have changed since the baseline"):
        gate_verdicts(other, report, {"AP": 0.01})
    with pytest.raises(Exception, match=r"The baseline has no measure XX\. It has Success@1"):
        gate_verdicts(report, report, {"XX": 0.01})
    with pytest.raises(Exception, match="--max-drop AP is not understood"):
        parse_allowed_drops(["AP"])


def test_reports_are_compared_run_by_run(folder: Path) -> None:
    found = evaluation(folder, "compare", "out:hybrid", "out:lexical", "--json")
    rows = {row["measure"]: row for row in json.loads(found.stdout)}
    assert (rows["nDCG@10"]["a"], rows["nDCG@10"]["b"]) == ("hybrid", "lexical")
    assert rows["nDCG@10"]["difference"] == pytest.approx(
        rows["nDCG@10"]["mean_b"] - rows["nDCG@10"]["mean_a"]
    )


def test_any_systems_runs_are_scored_and_few_queries_are_warned_about(tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text("q1 0 d1 1\nq2 0 d2 1\n")
    (tmp_path / "a.run").write_text("q1 Q0 d1 1 2 a\nq2 Q0 d2 1 2 a\n")
    (tmp_path / "b.run").write_text("q1 Q0 d9 1 2 b\nq1 Q0 d1 2 1 b\n")
    found = evaluation(
        tmp_path,
        *("score", "--qrels", "qrels", "--run", "a.run", "b.run"),
        *("--measures", "nDCG@10 RR Judged@10", "--json"),
    )
    said = json.loads(found.stdout)
    values = {each["measure"]: each["value"] for each in said["figures"]["b.run"]}
    assert values == pytest.approx({"nDCG@10": 0.31546, "RR": 0.25, "Judged@10": 0.25}, abs=1e-5)
    assert "b.run is silent for 1 judged query" in found.stderr
    assert "Only 2 questions: below 50" in found.stderr


def test_drafts_are_questions_that_can_be_run(folder: Path) -> None:
    drafted = evaluation(folder, "questions", "--draft", DOCUMENTS)
    assert drafted.returncode == 0, drafted.stderr
    rows = [json.loads(line) for line in drafted.stdout.splitlines()]
    assert len(rows) > 20
    assert all(row["draft"] is True for row in rows)
    (folder / "drafts.jsonl").write_text(drafted.stdout)
    run = evaluation(folder, "run", "drafts.jsonl", "--documents", DOCUMENTS, "--mode", "lexical")
    assert run.returncode == 0, run.stderr
    assert f"{len(rows)} questions" in run.stdout


def faults() -> Iterator[tuple[list[str], str]]:
    yield ["run", "none.jsonl", "--documents", str(DOCUMENTS)], "There is no file none.jsonl"
    yield ["run", str(QUESTIONS), "--documents", "none"], "There is no folder none"
    yield ["run", str(QUESTIONS), "--index", "none"], "No index in none"
    yield ["run", str(QUESTIONS), "--measures", "nDGC@10"], "Did you mean nDCG@10?"
    yield ["run", str(QUESTIONS), "--documents", str(DOCUMENTS), "--split", "x"], "It has dev, test"
    yield ["compare", "none", "none"], "There is no report none"
    yield ["score", "--qrels", "none", "--run", "none"], "There is no file none"
    yield ["gate", "none"], "There is no report none"
    yield ["questions", "--draft", "none"], "There is no folder none"


@pytest.mark.parametrize(("words", "said"), list(faults()), ids=lambda each: str(each)[:40])
def test_a_fault_is_one_line_with_its_mend(folder: Path, words: list[str], said: str) -> None:
    found = evaluation(folder, *words)
    assert found.returncode == 1
    last = found.stderr.splitlines()[-1]
    assert said in last
    assert "evaluation: " in last
    assert "Traceback" not in found.stderr


def test_a_beir_folder_is_indexed_and_judged_by_document(tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    texts = {"b": "The bridge was opened in 1894.", "r": "The road is closed.", "t": "A tunnel."}
    corpus = [json.dumps({"_id": key, "title": "", "text": text}) for key, text in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(corpus))
    asked = {"q1": "When was the bridge opened?", "q2": "Is the road closed?", "q3": "Any castle?"}
    queries = [json.dumps({"_id": key, "text": text}) for key, text in asked.items()]
    (folder / "queries.jsonl").write_text("\n".join(queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tb\t1\nq2\tr\t1\n")
    report = evaluate(Request(folder, modes=("lexical",)), work=tmp_path / "work").report
    assert (report.setting.request.unit, report.n_questions, report.setting.n_documents) == (
        "document",
        2,
        3,
    )
    figure = report.runs[0].figure("Success@1")
    assert figure is not None
    assert (figure.value, figure.n) == (1, 2)
    assert "Only 2 questions" in report.warnings[-1]


def test_squad_is_indexed_by_paragraph_whatever_its_ids(tmp_path: Path) -> None:
    paragraphs = ["The bridge was opened in 1894.", "The road was closed by Anna Novak."]
    data = [
        {
            "title": "Ostrow",
            "paragraphs": [
                {
                    "context": paragraph,
                    "qas": [
                        {
                            "id": wording,
                            "question": f"{paragraph[:15]} when or by whom?",
                            "answers": [
                                {"text": wording, "answer_start": paragraph.index(wording)}
                            ],
                        }
                    ],
                }
                for paragraph, wording in zip(paragraphs, ("1894", "Anna Novak"), strict=True)
            ],
        }
    ]
    path = tmp_path / "dev-v1.1.json"
    path.write_text(json.dumps({"version": "1.1", "data": data}))
    report = evaluate(Request(path, modes=("lexical",)), work=tmp_path / "work").report
    first, second = report.runs[0].questions
    assert [first.evidence[0].text, second.evidence[0].text] == ["1894", "Anna Novak"]
    assert (first.rank, second.rank) == (1, 1)


def test_documents_with_spaces_in_their_names_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "our letters"
    folder.mkdir()
    (folder / "to Anna.txt").write_text("The bridge was opened in 1894.")
    (folder / "to Jan.txt").write_text("The road was closed.")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("question,expected words\nWhen was the bridge opened?,1894\n")
    for unit in ("document", "passage"):
        request = Request(sheet, documents=folder, unit=unit)
        (question,) = evaluate(request, work=tmp_path / "work").report.runs[0].questions
        assert question.rank == 1
        assert question.measures["Success@1"] == 1
