"""Peer server: recommendations of a published artifact from FastAPI and uvicorn, in one process.

    python server.py --artifact DIR --model dense --port 8090

Models:

    dense         published dense computation, PyTorch as usual; one request at a time, on all torch threads
    torchscript   the same, scripted and frozen
    batched       as torchscript, with up to 32 requests that arrive within 2 ms in one batch
    ease          item-item matrix of a ridge regression, scored with NumPy
    empty         a constant answer of the same size: the cost of the framework

All answers are `GET /users/{id}/recommendations?limit=20`; `GET /health` answers once the model is loaded.
"""

import argparse
import asyncio
import math
import os
import queue
import threading
import time

import torch
import uvicorn
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import JSONResponse, Response
from models import Artifact, DiffusionRanker, EaseRanker

BATCH = 32
WAIT_SECONDS = 0.002
MAX_LIMIT = 100


class Worker:
    """Computing thread that ranks the waiting users in batches."""

    def __init__(self, ranker, size, threads):
        self.ranker, self.size, self.threads = ranker, size, threads
        self.waiting = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    async def rank(self, user, limit):
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        self.waiting.put((user, limit, loop, answer))
        return await answer

    def _run(self):
        torch.set_num_threads(self.threads)
        while True:
            batch = self._next()
            try:
                answers = self.ranker.rank([user for user, *_ in batch], max(limit for _, limit, *_ in batch))
            except Exception as problem:  # the clients of this batch get status 500
                answers = [problem] * len(batch)
            for (_, limit, loop, future), answer in zip(batch, answers):
                loop.call_soon_threadsafe(finish, future, limit, answer)

    def _next(self):
        batch = [self.waiting.get()]
        end = time.monotonic() + WAIT_SECONDS
        while len(batch) < self.size:
            try:
                batch.append(self.waiting.get(timeout=max(end - time.monotonic(), 0)))
            except queue.Empty:
                break
        return batch


def finish(future, limit, answer):
    if future.cancelled():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        items, scores = answer
        future.set_result((items[:limit], scores[:limit]))


def encode(artifact, user, items, scores):
    ranked = [(item, score) for item, score in zip(items, scores) if math.isfinite(score)]
    entries = [{"rank": at + 1, "itemId": artifact.items[item], "score": score} for at, (item, score) in enumerate(ranked)]
    return {"userId": user, "items": entries}


def ranking(model, artifact, options):
    """Returns the coroutine that ranks for one user."""
    if model == "ease":
        ease = EaseRanker(artifact, options.ridge)

        async def rank(user, limit):
            return ease.rank(user, limit)

        return rank
    ranker = DiffusionRanker(artifact, scripted=model != "dense")
    return Worker(ranker, BATCH if model == "batched" else 1, options.threads).rank


def application(options):
    app = FastAPI(openapi_url=None)
    artifact = Artifact(options.artifact)
    answer = constant(artifact) if options.model == "empty" else ranked(artifact, options)
    app.get("/users/{user}/recommendations")(answer)

    @app.get("/health")
    async def health():
        return {"status": "UP"}

    return app


def constant(artifact):
    """Returns the handler of the constant answer."""
    shown = range(min(20, len(artifact.items)))
    body = JSONResponse(encode(artifact, artifact.users[0], shown, [1 / (3 + item) for item in shown])).body

    async def answer(user: str, limit: int = Query(20, ge=1, le=MAX_LIMIT)):
        return Response(body, media_type="application/json")

    return answer


def ranked(artifact, options):
    """Returns the handler that ranks."""
    rank = ranking(options.model, artifact, options)
    rows = {user: row for row, user in enumerate(artifact.users)}

    async def answer(user: str, limit: int = Query(20, ge=1, le=MAX_LIMIT)):
        if user not in rows:
            raise HTTPException(404, f"user {user} is not in the artifact")
        items, scores = await rank(rows[user], limit)
        return JSONResponse(encode(artifact, user, items, scores))

    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifact", required=True, help="directory of one model or one version")
    parser.add_argument("--model", required=True, choices=["dense", "torchscript", "batched", "ease", "empty"])
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="torch threads (default: number of cores)")
    parser.add_argument("--ridge", type=float, default=20, help="regularisation of EASE (default: 20)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    uvicorn.run(application(options), host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
