#!/usr/bin/env python3
"""Compares recommendations for users excluded from training with those for the same users trained.

  benchmarks/newcomers.py DATA MODEL [--groups N] [--seed N] [--view NAME]... [-- TRAIN_OPTION...]

DATA is a folder with train.csv and valid.csv, MODEL the family to train. Disjoint groups, each a tenth of the users in both
files, are drawn (--groups, default 3). Their users are not in the valid.csv used to select epochs and blends. One
model is trained on all users, and one for each group without its interactions. Then the group's part of valid is ranked

  trained     by the model of all users, as trained users
  unknown     by the same model, as unknown users: from their history alone
  newcomers   by the model trained without the group, from their history alone

for the blend and for each --view alone. Options after -- are passed to every training, for example --config ml-1m.

Needs python3, a JDK 25 (JAVA_HOME) and the jar of ./mvnw package. Models and logs remain in target/newcomers.
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
    """Draws disjoint tenths of the users that are in both files."""
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
    """Writes a dataset for each training, and one with renamed users, who are unknown to every model."""
    chosen_on = without(valid, set().union(*groups))
    for name, left_out in [("all-users", set()), *((f"without-{at}", users) for at, users in enumerate(groups))]:
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
    """Returns the metrics of a group: trained, unknown, newcomers."""
    held, renamed_held = WORK / f"held-{group}.csv", WORK / "renamed" / f"held-{group}.csv"
    return (
        evaluate("all-users", WORK / "all-users", held, view),
        evaluate("all-users", WORK / "renamed", renamed_held, view),
        evaluate(f"without-{group}", WORK / "all-users", held, view),
    )


def report(view, results):
    """Prints a row for each group and one for their mean, weighted by users; shares are relative to `trained`."""
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
    """Returns the parsed arguments and the options for every training."""
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
    parsed, options = arguments()
    shutil.rmtree(WORK, ignore_errors=True)
    train, valid = read(parsed.data / "train.csv"), read(parsed.data / "valid.csv")
    groups = draw_groups(train, valid, parsed.groups, parsed.seed)
    write_datasets(parsed.data, train, valid, groups)
    train_model("all-users", parsed.model, options)
    for at in range(len(groups)):
        train_model(f"without-{at}", parsed.model, options)
    for view in ["", *parsed.view]:
        report(view, [measure(at, view) for at in range(len(groups))])


if __name__ == "__main__":
    main()
