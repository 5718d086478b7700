"""Phone calls over Twilio: REST calls, a webhook that Twilio asks, and the media stream of a call."""
