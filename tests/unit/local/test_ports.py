import socket

from services.local.ports import choose_ports


def test_a_free_port_is_kept_and_a_taken_one_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        (free,) = choose_ports([0])
        first, second, third = choose_ports([taken, free, 0])
    assert second == free
    assert len({taken, first, second, third}) == 4


def test_ports_chosen_together_are_different() -> None:
    assert len(set(choose_ports([0] * 50))) == 50
