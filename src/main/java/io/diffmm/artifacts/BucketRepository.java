package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The versions of one model in a bucket. What is fetched is copied to this machine, whole, and copied again when its
/// objects are others.
///
/// A version is there as soon as its manifest is: publishers write it last, and who removes a version begins with it.
final class BucketRepository implements ArtifactRepository, AutoCloseable {

    private static final String MANIFEST = "/" + ArtifactFiles.MANIFEST;

    private final Bucket bucket;
    private final BucketUrl model;
    private final OwnDirectory copies;
    private final BucketCache cache;

    /// @param bucket closed with it
    /// @param copies where versions are copied to; closed with it
    BucketRepository(Bucket bucket, BucketUrl model, OwnDirectory copies) {
        this.bucket = bucket;
        this.model = model;
        this.copies = copies;
        this.cache = new BucketCache(copies);
    }

    /// The model at a URL, or the one of that name below it.
    static BucketRepository open(BucketUrl root, Optional<String> name, BucketSettings settings) {
        Bucket bucket = Bucket.open(root.bucket(), settings);
        BucketUrl model = BucketModel.locate(bucket, root, name);
        return new BucketRepository(bucket, model, OwnDirectory.claim(settings.directory("serving", model)));
    }

    @Override
    public String current() {
        return new BucketModel(bucket, model)
                .current()
                .orElseThrow(() -> new InvalidArtifactException(model.toString(), "names no current version"));
    }

    @Override
    public List<String> versions() {
        String prefix = model.key("");
        return bucket.objects(prefix).stream()
                .map(object -> object.key().substring(prefix.length()))
                .filter(key -> key.endsWith(MANIFEST))
                .map(key -> key.substring(0, key.length() - MANIFEST.length()))
                .filter(SafeName::isSafe) // those directly in the model's folder
                .sorted()
                .toList();
    }

    @Override
    public Path fetch(String version) {
        List<StoredObject> objects = objects(version);
        if (objects.isEmpty()) {
            throw new InvalidArtifactException(model.toString(), "holds no version %s".formatted(version));
        }
        objects.forEach(object -> requireFile(version, object));
        return cache.fetch(version, objects, stamp(objects), bucket::download);
    }

    private void requireFile(String version, StoredObject object) {
        if (!SafeName.isSafe(object.name())
                || !object.key().equals(model.resolve(version).key(object.name()))) {
            throw new InvalidArtifactException(
                    model.resolve(version).toString(),
                    "no file of a version may have the key %s".formatted(object.key()));
        }
    }

    @Override
    public String stamp(String version) {
        return stamp(objects(version));
    }

    private static String stamp(List<StoredObject> objects) {
        return objects.stream()
                .map(object -> "%s %d %s".formatted(object.key(), object.bytes(), object.tag()))
                .collect(Collectors.joining("\n"));
    }

    /// None if there is no manifest; without what some programs write in place of a folder.
    private List<StoredObject> objects(String version) {
        if (!SafeName.isSafe(version)) {
            return List.of();
        }
        String folder = model.resolve(version).key("");
        List<StoredObject> objects = bucket.objects(folder).stream()
                .filter(object -> !object.key().equals(folder))
                .toList();
        String manifest = folder + ArtifactFiles.MANIFEST;
        boolean isThere = objects.stream().anyMatch(object -> object.key().equals(manifest));
        return isThere ? objects : List.of();
    }

    @Override
    public List<String> prune(int most, Set<String> kept) {
        List<String> removed = OldVersions.beyond(most, versions(), current(), kept);
        removed.forEach(this::remove);
        return removed;
    }

    private void remove(String version) {
        List<StoredObject> objects = objects(version);
        String manifest = model.resolve(version).key(ArtifactFiles.MANIFEST);
        bucket.delete(manifest); // from now on it is not there
        objects.stream()
                .map(StoredObject::key)
                .filter(key -> !key.equals(manifest))
                .forEach(bucket::delete);
    }

    @Override
    public void retain(Set<String> versions) {
        cache.retain(versions);
    }

    /// Lets other processes have the copies. A process that serves them keeps them until it ends.
    @Override
    public void close() throws IOException {
        bucket.close();
        copies.close();
    }
}
