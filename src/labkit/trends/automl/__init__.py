"""What a search does well and what it cannot know: tables, events, surfaces, curves and claims."""
