# docker build -t computeplan . && docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" computeplan solve my.yaml
FROM python:3.13-slim
COPY . /source
RUN pip install --no-cache-dir '/source[all]' && rm -rf /source
ENV HOME=/tmp LC_ALL=C.UTF-8
WORKDIR /work
ENTRYPOINT ["computeplan"]
