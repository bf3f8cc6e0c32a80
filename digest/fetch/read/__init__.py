"""Turn what came back into entries: feeds, JSON Feed, WordPress, pages, sitemaps and robots.txt."""
