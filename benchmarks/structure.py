#!/usr/bin/env python3
"""Prints the figures of the code's structure and language.

    benchmarks/structure.py [--jar JAR] [--list]

--jar adds the types that one uncached request enters (benchmarks/entered-classes.sh, which needs curl and a JDK 25 in JAVA_HOME);
--list adds the files behind each figure. Definitions:

- production files: Java files under src/main/java, with package-info.java; lines as `wc -l` counts them
- types named by exactly one other file: top-level types that occur, outside comments and strings, in exactly one other production
  file; an import of a nested type counts for the type that contains it
- type documentation that begins with a question word: first line of a documentation comment of a type or package
- indefinite persons: the pronouns that LanguageTest rejects; in Java comments and strings, resources, documentation, chart, manifests,
  scripts
- files that add a family: files with MF-BPR's training step, code, resources, registration and rows in documentation tables; not those
  that a command writes (compiled programs, their digests, the chart's schema), nor guide, README, changelog, results, decisions
- biggest package: share of production lines of the biggest Java package, subpackages counted separately
"""

import argparse
import collections
import re
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN = ROOT / "src/main/java"
LITERAL = r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
COMMENT = r"//[^\n]*|/\*(?:.|\n)*?\*/"
TYPE_DOC = re.compile(
    r"((?:^[ \t]*///[^\n]*\n)+)(?:^[ \t]*@[^\n]*\n)*[ \t]*(?:(?:public|private|protected|static|final|abstract|sealed|non-sealed) )*"
    r"(?:class|interface|enum|record|@interface|package) \w", re.M)
TYPE = r"(?<![\w.@])(?:class|interface|enum|record|@interface)\s+[A-Z]\w*"
QUESTION = re.compile(r"\s*/// (?:What|How|Which|Where|Whether|Who|Whose|Why|When|That)\b")
PERSONS = re.compile(r"\b(?:(?:some|no|every|any)body|(?:some|every|any)one|who(?:ever|m))\b", re.I)
TEXTS = (".java", ".md", ".yaml", ".yml", ".json", ".tpl", ".txt", ".py", ".sh", ".lua", ".xml", ".properties", ".html")
FAMILY = re.compile(r"mf-?bpr", re.I)
NOT_A_FAMILY_FILE = re.compile(
    r"README\.md$|CHANGELOG\.md|docs/add-a-model\.md|docs/results/|docs/decisions/|docs/glossary\.md|CONTRIBUTING\.md|values\.schema\.json"
    r"|src/main/resources/torchscript/|src/test/java/io/diffmm/engine/|benchmarks/structure\.py|LanguageTest")


def tracked():
    return [ROOT / name for name in subprocess.check_output(["git", "-C", ROOT, "ls-files"], text=True).splitlines()]


def once(sources):
    """Top-level types that exactly one other file names, with that file."""
    code = {file: re.sub(f"{LITERAL}|{COMMENT}", " ", text) for file, text in sources.items()}
    names = {file: set(re.findall(r"\b[A-Z]\w*", re.sub(r"^(?:import|package)[^\n]*", "", text, flags=re.M))) for file, text in code.items()}
    imports = {file: set(re.findall(r"^import (?:static )?([\w.]+);", text, re.M)) for file, text in code.items()}
    found = []
    for file in sources:
        if file.stem == "package-info":
            continue
        qualified = ".".join(file.relative_to(MAIN).with_suffix("").parts)
        users = [
            other for other in sources
            if other != file and (any(i.startswith(qualified + ".") for i in imports[other])
            or (file.stem in names[other] and (other.parent == file.parent or qualified in imports[other])))
        ]
        if len(users) == 1:
            found.append(f"{file.relative_to(MAIN)} <- {users[0].relative_to(MAIN)}")
    return found


def persons(files):
    """Lines that name an indefinite person, and the number of words read."""
    lines, words = [], 0
    for file in files:
        relative = str(file.relative_to(ROOT))
        if not relative.endswith(TEXTS) and "Dockerfile" not in relative and not relative.startswith(".ci/"):
            continue
        if re.search(r"LanguageTest|DemoTitles|^model-artifacts/.*\.json", relative):
            continue
        text = file.read_text(errors="replace")
        if relative.endswith(".java"):
            text = "\n".join(re.findall(f"{LITERAL}|{COMMENT}", text))
        words += len(text.split())
        lines += [f"{relative}: {line.strip()}" for line in text.splitlines() if PERSONS.search(line)]
    return lines, words


def entered(jar):
    """Types that one uncached request enters, with nested ones counted, and the walk."""
    walk = subprocess.check_output([ROOT / "benchmarks/entered-classes.sh", Path(jar).resolve()], text=True).splitlines()
    counts = {line.split(": ")[0]: line.split(": ")[1] for line in walk[-3:]}
    return counts["top-level types"], counts["types, nested ones counted"], walk[:-3]


def main():
    options = argparse.ArgumentParser(description="Prints the figures of the code's structure and language.")
    options.add_argument("--jar", help="packaged program to trace one uncached request in")
    options.add_argument("--list", action="store_true", help="list the files behind each figure")
    arguments = options.parse_args()
    files = tracked()
    sources = {file: file.read_text() for file in files if file.suffix == ".java" and MAIN in file.parents}
    lines = {file: text.count("\n") for file, text in sources.items()}
    small = sorted(str(file.relative_to(MAIN)) for file, count in lines.items() if count <= 30)
    packages = collections.Counter()
    for file, count in lines.items():
        packages[".".join(file.relative_to(MAIN).parent.parts)] += count
    single = sorted(once(sources))
    questions = [match.group(1).strip() for text in sources.values() for match in TYPE_DOC.finditer(text) if QUESTION.match(match.group(1))]
    indefinite, words = persons(files)
    family = sorted(
        str(file.relative_to(ROOT)) for file in files
        if not NOT_A_FAMILY_FILE.search(str(file.relative_to(ROOT))) and file.is_file()
        and (FAMILY.search(str(file.relative_to(ROOT))) or FAMILY.search(file.read_text(errors="replace"))))
    biggest, size = packages.most_common(1)[0]
    rows = []
    if arguments.jar:
        top_level, nested, walk = entered(arguments.jar)
        rows.append(("top-level types entered by one uncached request", top_level, []))
        rows.append(("types entered, nested ones counted", nested, walk))
    rows += [
        ("production files", len(sources), []),
        ("share of 30 lines or fewer", f"{100 * len(small) / len(sources):.1f} %", small),
        ("types, nested ones included", sum(len(re.findall(TYPE, re.sub(f"{LITERAL}|{COMMENT}", " ", text))) for text in sources.values()), []),
        ("median lines", f"{statistics.median(lines.values()):.0f}", []),
        ("types named by exactly one other file", len(single), single),
        ("type documentation that begins with a question word", len(questions), questions),
        ("indefinite persons per 10,000 words", f"{10_000 * len(indefinite) / words:.2f}", indefinite),
        ("files that add a family (MF-BPR)", len(family), family),
        (f"biggest package ({biggest})", f"{100 * size / sum(packages.values()):.1f} %", []),
    ]
    for name, value, details in rows:
        print(f"{name:<60}{value:>8}")
        if arguments.list:
            for detail in details:
                print(f"    {detail}")


if __name__ == "__main__":
    main()
