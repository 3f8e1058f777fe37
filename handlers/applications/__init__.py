"""The application from draft to queue: form, method, window, recheck, notices."""
