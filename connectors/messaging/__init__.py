"""What every messaging channel shares: webhooks and polling in, rendering and sending out, files fetched."""
