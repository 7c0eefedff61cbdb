"""SQS: moto's queues made safe under threads, with scaled waiting."""
