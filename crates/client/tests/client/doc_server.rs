/// A server for the examples of the documentation: it gives each connection the next of these streams, and then, with status
/// 204, says that there is nothing more. Answers its URL.
fn serve(streams: &'static [&'static str]) -> String {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let answers = streams.iter().map(|stream| {
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{stream}")
        });
        for answer in answers.chain(["HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_owned()]) {
            let (mut socket, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            let _ = socket.write_all(answer.as_bytes());
        }
    });
    url
}
