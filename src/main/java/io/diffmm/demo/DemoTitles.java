package io.diffmm.demo;

import java.util.List;

/// Invented titles of micro-videos: a lead, a subject of the category and an ending.
final class DemoTitles {

    static final List<String> CATEGORIES =
            List.of("cooking", "travel", "music", "sports", "pets", "crafts", "comedy", "science");

    private static final List<List<String>> SUBJECTS = List.of(
            List.of(
                    "lemon gnocchi",
                    "street tacos",
                    "sourdough toast",
                    "miso ramen",
                    "blueberry crumble",
                    "smoky lentils",
                    "paper dosa"),
            List.of(
                    "night train to Porto",
                    "Faroe cliffs",
                    "Kyoto back streets",
                    "Andes bus ride",
                    "desert camp",
                    "island ferry",
                    "rooftop market"),
            List.of(
                    "loop-pedal cover",
                    "subway violin",
                    "four-chord ballad",
                    "bucket drums",
                    "piano duet",
                    "beatbox choir",
                    "synth jam"),
            List.of(
                    "corner kick",
                    "bouldering route",
                    "sunrise run",
                    "backflip drill",
                    "table tennis rally",
                    "wave at low tide",
                    "skate line"),
            List.of(
                    "sleepy corgi",
                    "parrot that whistles",
                    "cat on the router",
                    "rescue greyhound",
                    "hedgehog bath",
                    "puppy and the stairs",
                    "goat in pyjamas"),
            List.of(
                    "paper lantern",
                    "knitted beanie",
                    "resin tray",
                    "reclaimed stool",
                    "wire earrings",
                    "linocut card",
                    "macrame shelf"),
            List.of(
                    "office small talk",
                    "landlord voicemail",
                    "gym mirror",
                    "awkward elevator",
                    "family group chat",
                    "self-checkout",
                    "dad at the airport"),
            List.of(
                    "magnet in a copper pipe",
                    "ferrofluid",
                    "moons of Saturn",
                    "slow-motion droplet",
                    "slime mould maze",
                    "homemade spectroscope",
                    "frozen bubble"));

    private static final List<String> LEADS = List.of(
            "The best",
            "My first",
            "One more",
            "A tiny",
            "The quiet",
            "Nobody expects this",
            "Day three of the",
            "The perfect",
            "An honest",
            "A midnight");

    private static final List<String> ENDINGS = List.of(
            "in 30 seconds",
            "on a budget",
            "with a twist",
            "before breakfast",
            "for beginners",
            "gone wrong",
            "done right",
            "in one take");

    private DemoTitles() {}

    /// Returns the title of the `index`-th video of a category; all titles of a category differ.
    static String title(int category, int index) {
        List<String> subjects = SUBJECTS.get(category);
        // A stride that is coprime to the number of combinations visits each of them once; neighbouring titles differ.
        int combinations = subjects.size() * LEADS.size() * ENDINGS.size();
        int combination = Math.floorMod(index * 187L + category * 71L, combinations);
        String title = "%s %s %s"
                .formatted(
                        LEADS.get(combination / subjects.size() % LEADS.size()),
                        subjects.get(combination % subjects.size()),
                        ENDINGS.get(combination / (subjects.size() * LEADS.size())));
        int round = index / combinations;
        return round == 0 ? title : "%s, part %d".formatted(title, round + 1);
    }
}
