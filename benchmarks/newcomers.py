#!/usr/bin/env python3
"""Measures what users who were kept out of training are served, beside the same users trained.

  benchmarks/newcomers.py DATA MODEL [--groups N] [--seed N] [--view NAME]... [-- TRAIN_OPTION...]

DATA is a folder with train.csv and valid.csv, MODEL the family to train. Of the users that both files have, a tenth is
drawn, and another, up to --groups (3). Nobody in them is in the valid.csv that epochs and blends are chosen on. One
model is trained on everybody; one for each tenth, without its interactions. Then the tenth's part of valid is ranked

  trained     by the model that knows everybody, as users whom it knows
  unknown     by the same model, as users whom it does not know: by their history alone
  newcomers   by the model that was trained without them, by their history alone

for the blend and for each --view alone. Options after -- go to every training, say --config ml-1m.

Needs python3 and a JDK 25 (JAVA_HOME), and the jar that ./mvnw package leaves. Models and logs stay in target/newcomers.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "newcomers"
RENAMED = "unknown-"
FIGURES = ["recall@20", "ndcg@20"]


def read(file):
    with open(file, newline="", encoding="utf-8-sig") as lines:
        header, *rows = [row for row in csv.reader(lines) if row]
    return header, rows, header.index("user_id")


def write(file, header, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="", encoding="utf-8") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])


def draw_groups(train, valid, count, seed):
    """Disjoint tenths of the users that both files have."""
    known = {row[train[2]] for row in train[1]}
    users = sorted({row[valid[2]] for row in valid[1]} & known)
    random.Random(seed).shuffle(users)
    size = len(users) // 10
    return [set(users[group * size : (group + 1) * size]) for group in range(count)]


def without(table, users):
    return [row for row in table[1] if row[table[2]] not in users]


def of(table, users):
    return [row for row in table[1] if row[table[2]] in users]


def renamed(rows, user):
    return [row[:user] + [RENAMED + row[user]] + row[user + 1 :] for row in rows]


def write_datasets(data, train, valid, groups):
    """A dataset for each training, and one in which nobody bears the name that a model knows."""
    chosen_on = without(valid, set().union(*groups))
    for name, left_out in [("everybody", set()), *((f"without-{at}", users) for at, users in enumerate(groups))]:
        write(WORK / name / "train.csv", train[0], without(train, left_out))
        write(WORK / name / "valid.csv", valid[0], chosen_on)
        for file in [*data.glob("*.npy"), *data.glob("items.csv")]:
            shutil.copy(file, WORK / name)
    write(WORK / "renamed" / "train.csv", train[0], renamed(train[1], train[2]))
    for at, users in enumerate(groups):
        rows = of(valid, users)
        write(WORK / f"held-{at}.csv", valid[0], rows)
        write(WORK / "renamed" / f"held-{at}.csv", valid[0], renamed(rows, valid[2]))


def run(command, arguments, log):
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    with open(WORK / log, "a", encoding="utf-8") as lines:
        done = subprocess.run(
            [java, "-jar", ROOT / "target" / "diffmm-server.jar", command, *arguments],
            stdout=subprocess.PIPE if command == "evaluate" else lines,
            stderr=lines,
            encoding="utf-8",
        )
    if done.returncode:
        sys.exit(f"{command} failed; see {WORK / log}")
    return done.stdout


def train_model(name, model, options):
    print(f"training {name}", file=sys.stderr, flush=True)
    data, models = str(WORK / name), str(WORK / "models")
    run("train", ["--data", data, "--model", model, "--artifacts", models, "--force", *options], f"{name}.log")


def evaluate(name, data, test, view):
    options = ["--artifact", str(WORK / "models" / name), "--data", str(data), "--test", str(test)]
    return json.loads(run("evaluate", options + (["--view", view] if view else []), "evaluate.log"))


def measure(group, view):
    """The figures of a group: trained, unknown, newcomers."""
    held, renamed_held = WORK / f"held-{group}.csv", WORK / "renamed" / f"held-{group}.csv"
    return (
        evaluate("everybody", WORK / "everybody", held, view),
        evaluate("everybody", WORK / "renamed", renamed_held, view),
        evaluate(f"without-{group}", WORK / "everybody", held, view),
    )


def report(view, results):
    """Prints a row for each group and one for their mean, weighted by users; shares are of `trained`."""
    print(f"\n{view or 'blend'}\n\n| group | users | trained | unknown | newcomers | share |\n|---|---|---|---|---|---|")
    users = [trained["users"] for trained, _, _ in results]
    for figure in FIGURES:
        columns = [[result[way][figure] for result in results] for way in range(3)]
        means = [sum(u * value for u, value in zip(users, column)) / sum(users) for column in columns]
        for at, row in enumerate(zip(*columns)):
            print_row(f"{at + 1}, {figure}", users[at], row)
        print_row(f"all, {figure}", sum(users), means)


def print_row(name, users, row):
    trained, _, newcomers = row
    share = f"{newcomers / trained:.1%}" if trained else "-"
    print(f"| {name} | {users} | " + " | ".join(f"{value:.4f}" for value in row) + f" | {share} |", flush=True)


def arguments():
    """What is asked for, and the options of every training."""
    own, options = sys.argv[1:], []
    if "--" in own:
        own, options = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("model")
    parser.add_argument("--groups", type=int, default=3, choices=range(1, 10))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--view", action="append", default=[])
    return parser.parse_args(own), options


def main():
    asked, options = arguments()
    shutil.rmtree(WORK, ignore_errors=True)
    train, valid = read(asked.data / "train.csv"), read(asked.data / "valid.csv")
    groups = draw_groups(train, valid, asked.groups, asked.seed)
    write_datasets(asked.data, train, valid, groups)
    train_model("everybody", asked.model, options)
    for at in range(len(groups)):
        train_model(f"without-{at}", asked.model, options)
    for view in ["", *asked.view]:
        report(view, [measure(at, view) for at in range(len(groups))])


if __name__ == "__main__":
    main()
