package io.diffmm.api;

import io.diffmm.recommendation.CacheProperties;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/// Answers that a client may keep for a while and then ask for again by their id (`If-None-Match`).
@Component
class CachedAnswers {

    private final CacheControl cacheControl;

    CachedAnswers(CacheProperties cache) {
        this.cacheControl = CacheControl.maxAge(cache.clientMaxAge()).cachePrivate();
    }

    /// 200 with `body`, or 304 if the client has the answer named `id` already.
    <T> ResponseEntity<T> of(String id, T body) {
        return ResponseEntity.ok().cacheControl(cacheControl).eTag(id).body(body);
    }
}
