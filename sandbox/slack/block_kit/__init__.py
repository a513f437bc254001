"""Block Kit as Slack checks it: blocks, elements, limits, and the state of inputs."""
