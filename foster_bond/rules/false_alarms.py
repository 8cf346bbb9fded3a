"""Rules: why an alert was a false alarm; each reason is one click, and a kind of labelled line."""

REASONS = {
    "figure": "A figure of speech",
    "joke": "A joke, a song or a game",
    "past": "About the past, and known",
    "denied": "They say that it is not so",
    "misread": "The words mean something else",
    "drill": "A drill",
}
